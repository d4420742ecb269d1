"""For the browser tests: a mail server and an identity provider on loopback, until standard input ends.

python -m tests.outside     # JSON lines: where they are, then the text of every mail that arrives
"""

import asyncio
import json
import sys

from tests.identity_provider import CLIENT, SECRET, provider_open
from tests.mailbox import mailbox_open


def say(**what: object) -> None:
    """One line to whoever started this."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Run both."""
    with mailbox_open() as mailbox:
        async with provider_open() as provider:
            say(issuer=provider.issuer, smtp_port=mailbox.port, client=CLIENT, secret=SECRET)
            ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
            told = 0
            while not ended.done():
                for mail in mailbox.mails[told:]:
                    body = mail.get_body(("plain",))
                    say(to=str(mail["to"]), text=body.get_content() if body else "")
                    told += 1
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
