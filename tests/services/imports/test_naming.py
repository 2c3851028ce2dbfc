"""The names that processes get."""

import pytest

from tui_scheduler.services.imports.naming import name_of, unused


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/usr/local/bin/backup.sh --full 2>&1 | logger", "backup.sh"),
        ("git pull -q", "git pull"),
        ("cd /srv/app && php artisan schedule:run", "artisan"),
        ("cd / && run-parts --report /etc/cron.hourly", "run-parts"),
        ("test -x /usr/sbin/anacron || { cd / && run-parts /etc/cron.daily; }", "run-parts"),
        ("[ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean", "sessionclean"),
        ("if [ -d /x ]; then clean-up; fi", "clean-up"),
        (". ./env.sh; report daily", "report daily"),
        ("LANG=C A='b c' sort-it /tmp/x", "sort-it"),
        ("flock -n /tmp/lock nice -n 10 /opt/sync.py", "sync.py"),
        ("sudo -u www timeout 10m curl https://example.org", "curl"),
        ("/usr/bin/env python3 -m http.server", "http.server"),
        ("python3.11 /srv/a b.py", "a"),
        ("python3 -c 'print(1)'", "python3"),
        ("bash", "bash"),
        ("bash -c 'cd /opt/burn && python3 ./count.py'", "count.py"),
        ("/bin/sh -lc 'backup.sh -q'", "backup.sh"),
        ("/bin/bash -l -c 'cd /opt/warn && ruby warn.rb >> /x.log 2>&1'", "warn.rb"),
        ("sh -c \"bash -c 'inner job'\"", "inner job"),
        ("su - www -c '/opt/site cron'", "site cron"),
        ("sudo -u www bash -c 'php artisan x'", "artisan"),
        ("bash script.sh -c x", "script.sh"),
        ("perl -e 'sleep int(rand(3600))' && certbot -q renew", "certbot"),
        ("bash -x -c", "bash"),
        ("sh -c ''", "sh"),
        ("[ -x /a ] && /a/clean", "clean"),
        ("! test -f a || run it", "run it"),
        ("pgrep -f x >/dev/null || /opt/x", "x"),
        ("yes | apt-get upgrade", "apt-get upgrade"),
        ("echo start; backup; echo done", "backup"),
        ("echo hello", "echo hello"),
        ("if ping -c1 h; then sync-it now; fi", "sync-it now"),
        ("if ! pgrep foo; then foo --start; fi", "foo"),
        ("for i in 1 2 3; do /opt/poll; sleep 15; done", "poll"),
        ("while read x; do process $x; done < f", "process"),
        ("case $(date) in *) weekly;; esac", "weekly"),
        ("test $(date +%u) -eq 1 && weekly-report", "weekly-report"),
        ("now=`date`; tool $now", "tool"),
        ("(cd a; make clean)", "make clean"),
        ("cd /srv", "cd"),
        ("it's", "it's"),
        ("/opt/\N{RIGHT-TO-LEFT OVERRIDE}name", "name"),
        ("\x1b[31mred", "[31mred"),
        ("////", "command"),
        ("sudo", "command"),
        ("x" * 1000, "x" * 40),
    ],
)
def test_a_name_is_what_a_person_would_call_it(command: str, name: str) -> None:
    assert name_of(command) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert unused("backup.sh", set()) == "backup.sh"
    assert unused("backup.sh", {"backup.sh", "backup.sh 3"}) == "backup.sh 2"
    assert unused("backup.sh", {"backup.sh", "backup.sh 2"}) == "backup.sh 3"
