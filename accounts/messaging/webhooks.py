"""Group robots of DingTalk and WeCom: one POST of JSON, answered by ``errcode``. Only to hosts that the
installation allows.
"""

import base64
import hashlib
import hmac
import http.client
import json
import time
from urllib.parse import quote_plus, urlsplit

from django.conf import settings

from .base import Letter, NotSent

TIMEOUT = 10
ANSWER_AT_MOST = 64 * 1024
#: DingTalk: wrong token, wrong signature or keyword, robot removed. WeCom: wrong key. Trying again cannot help.
FINAL_CODES = {300001, 310000, 400013, 93000}


def send_dingtalk(letter: Letter) -> None:
    """Signed as DingTalk asks: HMAC-SHA256 over time and secret, both in the address."""
    address = letter.address
    if letter.secret:
        stamp = str(round(time.time() * 1000))
        digest = hmac.new(letter.secret.encode(), f"{stamp}\n{letter.secret}".encode(), hashlib.sha256).digest()
        joint = "&" if "?" in address else "?"
        address += f"{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"
    _post(address, {"msgtype": "markdown", "markdown": {"title": letter.subject, "text": _markdown(letter)}})


def send_wecom(letter: Letter) -> None:
    _post(letter.address, {"msgtype": "markdown", "markdown": {"content": _markdown(letter)}})


def _markdown(letter: Letter) -> str:
    link = f"\n\n[打开平台办理]({letter.url})" if letter.url else ""
    return f"**{letter.subject}**\n\n{letter.body}{link}"


def check_address(address: str) -> None:
    """Raise NotSent unless the address is https and its host is allowed: a webhook must not become a door inwards."""
    parts = urlsplit(address)
    allowed = [entry.lower() for entry in settings.MESSAGE_WEBHOOK_HOSTS]
    if (parts.netloc or "").lower() not in allowed and (parts.hostname or "").lower() not in allowed:
        raise NotSent("这个地址的主机不在允许的范围内。请系统管理员在 MESSAGE_WEBHOOK_HOSTS 中登记。", final=True)
    plain = parts.scheme == "http" and parts.hostname == "127.0.0.1" and settings.TESTING
    if parts.scheme != "https" and not plain:
        raise NotSent("机器人地址应以 https:// 开头。", final=True)


def _post(address: str, content: dict) -> None:
    check_address(address)
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.netloc, timeout=TIMEOUT)
    try:
        body = json.dumps(content, ensure_ascii=False).encode()
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        line.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = line.getresponse()
        found = answer.read(ANSWER_AT_MOST)
    except (OSError, http.client.HTTPException) as error:
        raise NotSent("机器人地址没有应答。请检查网络。") from error
    finally:
        line.close()
    _judge(answer.status, found)


def _judge(status: int, body: bytes) -> None:
    """A robot says yes only by status 200 and errcode 0; no redirect is followed."""
    if status != 200:
        raise NotSent(f"机器人地址应答 {status}。", final=status in (400, 401, 403, 404))
    try:
        code = json.loads(body).get("errcode")
    except (ValueError, AttributeError) as error:
        raise NotSent("应答不是机器人的格式，可能经过了登录页。") from error
    if code != 0:
        raise NotSent(f"机器人没有接收（errcode {code}）。请核对地址、密钥和安全设置。", final=code in FINAL_CODES)
