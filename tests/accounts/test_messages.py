"""The outbox against a local stub of the robots: what is sent and signed, what is tried again, what is given up."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.enums import ChannelKind, MessageState, Role
from accounts.messaging import Letter, NotSent
from accounts.messaging.webhooks import send_wecom
from accounts.models import AuditEntry, Message, tenant_scope
from accounts.services.messages import deliver_due, drop_message, put_message, retry_message, set_channel
from accounts.tasks import deliver_messages
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


class Robot(HTTPServer):
    """Answers in turn with what ``answers`` holds, the last one for ever; keeps what it was sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hearing)
        self.heard, self.answers = [], [(200, {"errcode": 0, "errmsg": "ok"})]

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/robot/send?access_token=t"


class Hearing(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, json.loads(body)))
        answers = self.server.answers
        status, content = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def robot(settings):
    server = Robot()
    settings.MESSAGE_WEBHOOK_HOSTS = [f"127.0.0.1:{server.server_port}"]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def county():
    tenant = factories.make_tenant("330182", name="甲县")
    office = factories.make_person(tenant, Role.COUNTY_ADMIN)
    with tenant_scope(tenant):
        yield tenant, office


def a_channel(county, robot=None, kind=ChannelKind.DINGTALK, **facts):
    tenant, office = county
    address = robot.address if robot else ""
    return set_channel(tenant=tenant, actor=office, kind=kind, name="工作群", address=address, **facts)


def later(minutes):
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=minutes))


def test_a_message_goes_out_once_however_often_it_is_put(county, robot):
    channel = a_channel(county, robot)
    assert put_message(channel=channel, key="一", subject="催传", body="东溪镇还差 2 份材料", url="/x/")
    assert not put_message(channel=channel, key="一", subject="催传", body="东溪镇还差 2 份材料")
    assert deliver_due() == {"sent": 1, "failed": 0}
    assert deliver_due() == {"sent": 0, "failed": 0}
    [(_, content)] = robot.heard
    assert content["msgtype"] == "markdown"
    assert "东溪镇还差 2 份材料" in content["markdown"]["text"]
    assert Message.objects.get().state == MessageState.SENT


def test_dingtalk_is_signed_with_the_secret_and_the_secret_stays_here(county, robot):
    channel = a_channel(county, robot, secret="SEC1")
    put_message(channel=channel, key="一", subject="提醒", body="请办理")
    deliver_due()
    asked = parse_qs(urlsplit(robot.heard[0][0]).query)
    expected = hmac.new(b"SEC1", f"{asked['timestamp'][0]}\nSEC1".encode(), hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"][0]) == expected
    assert asked["access_token"] == ["t"]
    assert not AuditEntry.objects.filter(new__icontains="SEC1").exists()


def test_wecom_gets_its_own_form(county, robot):
    put_message(channel=a_channel(county, robot, kind=ChannelKind.WECOM), key="一", subject="提醒", body="请办理")
    deliver_due()
    assert robot.heard[0][1]["markdown"]["content"].startswith("**提醒**")


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ((500, b""), MessageState.WAITING, "应答 500"),
        ((200, b"<html>login</html>"), MessageState.WAITING, "不是机器人的格式"),
        ((302, b""), MessageState.WAITING, "应答 302"),
        ((404, b""), MessageState.FAILED, "应答 404"),
        ((200, {"errcode": 310000, "errmsg": "sign not match"}), MessageState.FAILED, "310000"),
        ((200, {"errcode": 130101, "errmsg": "too fast"}), MessageState.WAITING, "130101"),
    ],
)
def test_what_the_robot_refuses_is_said_and_tried_again_where_that_helps(county, robot, answer, state, words):
    robot.answers = [answer]
    put_message(channel=a_channel(county, robot), key="一", subject="提醒", body="请办理")
    assert deliver_due() == {"sent": 0, "failed": 1}
    message = Message.objects.get()
    assert message.state == state
    assert words in message.error


def test_it_is_sent_when_the_line_is_back_and_not_before_the_pause(county, robot):
    robot.answers = [(503, b""), (200, {"errcode": 0})]
    put_message(channel=a_channel(county, robot), key="一", subject="提醒", body="请办理")
    deliver_due()
    assert deliver_due() == {"sent": 0, "failed": 0}
    later(0)
    assert deliver_due() == {"sent": 1, "failed": 0}
    assert len(robot.heard) == 2


def test_after_five_attempts_it_waits_for_a_person(county, robot):
    _, office = county
    robot.answers = [(503, b"")]
    put_message(channel=a_channel(county, robot), key="一", subject="提醒", body="请办理")
    for _ in range(6):
        deliver_due()
        later(0)
    message = Message.objects.get()
    assert (message.state, message.attempts, len(robot.heard)) == (MessageState.FAILED, 5, 5)
    robot.answers = [(200, {"errcode": 0})]
    retry_message(message=message, actor=office)
    assert deliver_due()["sent"] == 1


def test_mail_goes_to_its_recipient_and_a_missing_address_is_said(county):
    tenant, office = county
    channel = a_channel(county, kind=ChannelKind.EMAIL)
    office.email = "limin@example.gov.cn"
    office.save(update_fields=["email"])
    other = factories.make_person(tenant, Role.LEADER)
    put_message(channel=channel, key="一", subject="提醒", body="请办理", recipient=office)
    put_message(channel=channel, key="二", subject="提醒", body="请办理", recipient=other)
    assert deliver_due() == {"sent": 1, "failed": 1}
    assert [letter.to for letter in mail.outbox] == [["limin@example.gov.cn"]]
    failed = Message.objects.get(state=MessageState.FAILED)
    assert "没有登记邮箱" in failed.error
    drop_message(message=failed, actor=office)
    with pytest.raises(ValidationError, match="不能重发"):
        retry_message(message=Message.objects.get(pk=failed.pk), actor=office)


def test_a_channel_that_was_switched_off_sends_nothing(county, robot):
    tenant, office = county
    channel = a_channel(county, robot)
    put_message(channel=channel, key="一", subject="提醒", body="请办理")
    set_channel(tenant=tenant, actor=office, kind=channel.kind, name="工作群", address=robot.address, active=False,
                channel=channel)  # fmt: skip
    deliver_due()
    assert robot.heard == []
    assert Message.objects.get().state == MessageState.DROPPED


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/",
        "https://10.0.0.1/robot",
        "ftp://oapi.dingtalk.com/x",
        "",
        "https://oapi.dingtalk.com@10.0.0.1/",
    ],
)
def test_a_robot_is_no_door_to_the_inner_network(county, address):
    tenant, office = county
    with pytest.raises(ValidationError):
        set_channel(tenant=tenant, actor=office, kind=ChannelKind.WECOM, name="群", address=address)
    with pytest.raises(NotSent):
        send_wecom(Letter("a", "b", "", "", address, ""))


def test_the_task_sends_for_every_county_and_only_its_own(county, robot):
    other = factories.make_tenant("330183", name="乙县")
    officer = factories.make_person(other, Role.COUNTY_ADMIN)
    put_message(channel=a_channel(county, robot), key="一", subject="甲", body="甲县")
    with tenant_scope(other):
        channel = set_channel(tenant=other, actor=officer, kind=ChannelKind.WECOM, name="群", address=robot.address)
        put_message(channel=channel, key="一", subject="乙", body="乙县")
        assert Message.objects.count() == 1
    assert deliver_messages() == 2
    assert len(robot.heard) == 2
