"""E-mail by Django's backend; server and sender are settings of the installation (EMAIL_URL, DEFAULT_FROM_EMAIL)."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage

from .base import Letter, NotSent


def send_mail(letter: Letter) -> None:
    if not letter.to:
        raise NotSent("收件人没有登记邮箱。请在人员管理中补上。", final=True)
    body = f"{letter.body}\n\n{letter.url}" if letter.url else letter.body
    try:
        EmailMessage(letter.subject, body, to=[letter.to]).send()
    except SMTPRecipientsRefused as error:
        raise NotSent("邮件服务器不接受这个收件地址。请核对邮箱。", final=True) from error
    except (SMTPException, OSError) as error:
        raise NotSent("邮件服务器没有应答或拒绝发送。") from error
