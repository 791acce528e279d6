"""systemd units that keep the schedules going."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_DAEMON = """\
# {name}.service: {where}
[Unit]
Description=Hemeroteca: scheduled crawls of {folder}
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
Type=simple
{user}WorkingDirectory={working}
ExecStart={program} schedule daemon
Restart=on-failure
RestartSec=10
# The scheduler alone is told to end; it ends its crawls in order, and they keep their queues.
KillMode=mixed
KillSignal=SIGTERM
TimeoutStopSec=90
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full

[Install]
WantedBy={target}
"""
_ONESHOT = """\
# {name}.service: {where}
[Unit]
Description=Hemeroteca: crawls of {folder} that are due
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
Type=oneshot
{user}WorkingDirectory={working}
ExecStart={program} schedule run-due
# 3: some sites failed or need a look; the journal and `hemeroteca runs` tell
SuccessExitStatus=3
KillMode=mixed
TimeoutStartSec=infinity
TimeoutStopSec=90
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full

# {name}.timer: beside it
[Unit]
Description=Hemeroteca: look every minute what is due

[Timer]
OnCalendar=minutely
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
"""


def systemd_units(program: Sequence[str], collection: Path, *, timer: bool, user: str | None) -> str:
    """Return a service (or a timer with its service), with what to do with it as comments."""
    name = f"hemeroteca-{_plain(collection.name)}"
    own = "" if user else "--user "
    where = f"{'/etc/systemd/system' if user else '~/.config/systemd/user'}/{name}.service"
    text = (_ONESHOT if timer else _DAEMON).format(
        name=name,
        where=where,
        folder=_escaped(str(collection)),
        working=_escaped(str(collection)),
        program=" ".join(_quoted(word) for word in program),
        user=f"User={_escaped(user)}\n" if user else "",
        target="multi-user.target" if user else "default.target",
    )
    unit = f"{name}.{'timer' if timer else 'service'}"
    enable = f"systemctl {own}daemon-reload && systemctl {own}enable --now {unit}"
    lines = [text.rstrip("\n"), "", f"# then: {enable}"]
    if not user:
        lines.append("# and, so that it runs when nobody is logged in: loginctl enable-linger")
    return "\n".join(lines)


def _plain(name: str) -> str:
    return (
        "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in name)
        or "press"
    )


def _escaped(text: str) -> str:
    """Return text for a unit file, where % begins a specifier."""
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """Return one word of ExecStart: systemd reads quotes, backslashes, $ and %."""
    escaped = _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if any(char.isspace() or char in "\"';\\" for char in word) else escaped
