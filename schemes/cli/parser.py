"""What may be written on the command line, and its help; every word a person sees is Chinese."""

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn

from ..intake import round_name

_ERRORS = (
    (r"the following arguments are required: (.*)", r"缺少：\1。"),
    (r"unrecognized arguments: (.*)", r"不认识：\1。"),
    (r"argument (.*): expected one argument", r"\1 后面缺少内容。"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1 没有 \2 这个选项，可用：\3。"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 后面不能带 \2。"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 不够完整，可能是：\2。"),
    (r"argument (.*): (.*)", r"\1：\2"),
)


class Parser(argparse.ArgumentParser):
    """argparse in Chinese."""

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        text = super().format_help().replace("usage: ", "用法：", 1)
        return re.sub(r"(?m)^(\S.*):$", r"\1：", text)

    def error(self, message: str) -> NoReturn:
        for english, chinese in _ERRORS:
            if re.fullmatch(english, message):
                message = re.sub(english, chinese, message)
                break
        sys.stderr.write(f"{message}\n{self.format_usage()}加 -h 看说明。\n")
        sys.exit(2)


def build_parser() -> Parser:
    """``python -m schemes`` with its commands."""
    parser = Parser(
        prog="python -m schemes",
        description="按创建办法计算评分结果：不需要网站和数据库。",
        epilog="退出码：0 完成；1 发现问题（逐条列出，不写出任何文件）；2 命令写法不对。",
        add_help=False,
    )
    _add_help(parser.add_argument_group("选项"))
    commands = parser.add_subparsers(dest="command", metavar="命令", title="命令", required=True)
    _add_scheme_command(commands, "check", "检查办法，列出全部问题")
    _add_scheme_command(commands, "describe", "把办法写成中文条款")
    _add_compute(commands)
    _add_explain(commands)
    _add_replay(commands)
    _add_verify(commands)
    _add_diff(commands)
    return parser


def _command(commands: "argparse._SubParsersAction[Parser]", name: str, words: str) -> Parser:
    return commands.add_parser(name, help=words, description=f"{words}。", add_help=False)


def _add_help(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("-h", "--help", action="help", help="显示说明")


def _add_common(parser: Parser) -> "argparse._ArgumentGroup":
    what = parser.add_argument_group("办法")
    what.add_argument("scheme", metavar="办法", help="办法文件（YAML 或 JSON），或自带办法的名称，如 jiande")
    options = parser.add_argument_group("选项")
    options.add_argument("--json", action="store_true", help="以 JSON 输出")
    _add_help(options)
    return options


def _add_scheme_command(commands: "argparse._SubParsersAction[Parser]", name: str, words: str) -> None:
    _add_common(_command(commands, name, words))


def _add_sources(parser: Parser) -> None:
    files = parser.add_argument_group("文件（CSV 或 .xlsx）")
    files.add_argument("--nominations", metavar="文件", type=Path, help="申报表：轮次、组织代码、等次；不给就是都参评")
    files.add_argument("--sheets", metavar="文件", type=Path, help="评分表：轮次、组织代码、评委、各项打分")
    files.add_argument("--facts", metavar="文件", type=Path, help="数据表：组织代码、各数据项（可以按考核期分行）")
    files.add_argument("--events", metavar="文件", type=Path, help="事项表：组织代码、事项、日期、数量")
    files.add_argument("--inspectors", metavar="文件", type=Path, help="评委名册：写了才检查评委是否在册、是否应回避")
    files.add_argument(
        "--organizations", metavar="文件", type=Path, help="组织名录：写了才检查组织是否存在、评委是否应回避"
    )


def _round(text: str) -> str:
    name = round_name(text)
    if not name:
        raise argparse.ArgumentTypeError("轮次不能为空。")
    return name


def _out(text: str) -> str:
    if text == "-" or text.lower().endswith((".csv", ".json")):
        return text
    raise argparse.ArgumentTypeError(f"结果只能写成 .csv（加 --json 时为 .json），或用 - 写到屏幕，现为“{text}”。")


def _add_compute(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = _command(commands, "compute", "计算得分、名次和结果")
    options = _add_common(parser)
    _add_sources(parser)
    options.add_argument("--round", metavar="轮次", type=_round, help="只计算这一轮")
    options.add_argument(
        "--out", metavar="文件", type=_out, required=True, help="结果写到哪里：.csv 文件，或 - 写到屏幕"
    )
    options.add_argument("--consequences", metavar="文件", type=_out, help="后果（约谈、扣减等）另写一张 .csv")
    options.add_argument("--parents", metavar="文件", type=_out, help="给上级的加减分另写一张 .csv")
    options.add_argument("--bundle", metavar="文件", help="另写一个封存包 .zip，可用 verify 核验")


def _add_explain(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = _command(commands, "explain", "说明一个组织的得分和结果是怎么来的")
    options = _add_common(parser)
    _add_sources(parser)
    options.add_argument("--round", metavar="轮次", type=_round, default="1", help="哪一轮，不写就是 1")
    options.add_argument("--org", metavar="代码", required=True, help="组织代码")


def _add_replay(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = _command(commands, "replay", "用自带的数据重新计算，与公开的数字逐项比对")
    what = parser.add_argument_group("县（市、区）")
    names = "要比对的县（市、区），如 jiande fucheng；不写就全部比对"
    what.add_argument("counties", metavar="名称", nargs="*", help=names)
    options = parser.add_argument_group("选项")
    options.add_argument("--json", action="store_true", help="以 JSON 输出")
    _add_help(options)


def _add_verify(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = _command(commands, "verify", "核验封存包：逐个文件查对，并重新计算")
    what = parser.add_argument_group("封存包")
    what.add_argument("bundle", metavar="文件", type=Path, help="封存包（.zip），用出具时的原件")
    options = parser.add_argument_group("选项")
    options.add_argument("--json", action="store_true", help="以 JSON 输出")
    _add_help(options)


def _add_diff(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = _command(commands, "diff", "比较办法的两版，逐处用中文说明")
    what = parser.add_argument_group("办法")
    what.add_argument("old", metavar="旧版", help="办法文件，或自带办法的名称，如 jiande")
    what.add_argument("new", metavar="新版", help="同上")
    options = parser.add_argument_group("选项")
    options.add_argument("--json", action="store_true", help="以 JSON 输出")
    _add_help(options)
