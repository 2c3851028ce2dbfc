"""Which values are hidden, what stands for them, and what that means when it is given back."""

import pytest

from tests.services.drafts import ALL_RUNS, a_process, a_request, process_draft
from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import Process
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.secrets import MASK, looks_secret, masked, unmasked
from tui_scheduler.services.parameters.variables import parse_variables
from tui_scheduler.services.processes import draft_of

PASSWORD = "hunter2"


SECRET = """
    TOKEN github_token GITLAB_TOKEN HF_TOKEN NPM_TOKEN TELEGRAM_BOT_TOKEN authToken API_TOKENS
    CLIENT_SECRET_2 SECRET_KEY_BASE clientSecret DJANGO_SECRET_KEY MYSECRETVALUE
    PASS PGPASSWORD MYSQL_ROOT_PASSWORD PASSWORD2 Password DBPASSWORDOLD RESTIC_PASSWORD
    SMTP_PASS DB_PASS SSHPASS ANSIBLE_BECOME_PASS dbPass MYSQL_PWD DB_PWD MYSQLPWD LDAP_BIND_PW
    BORG_PASSPHRASE GPG_PASSPHRASE PASSWD SMTP_PASSWD HTPASSWD
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY OPENAI_API_KEY apiKey APIKey APIKEY SSH_PRIVATE_KEY KEYS
    CREDENTIAL GOOGLE_APPLICATION_CREDENTIALS DB_CREDS AZURE_CREDENTIALS
    REDISCLI_AUTH AUTH BASIC_AUTH DOCKER_AUTH_CONFIG OAUTH2 PROXY_AUTHORIZATION _AUTH
    SENTRY_DSN DSN DATABASE_DSN SLACK_WEBHOOK_URL SUPABASE_JWT
"""
PLAIN = """
    PATH HOME LANG SHELL USER MAILTO TZ EDITOR PWD OLDPWD pwd CWD HOST PORT DATABASE_URL
    SSH_AUTH_SOCK SSH_ASKPASS GIT_ASKPASS SUDO_ASKPASS XAUTHORITY GIT_AUTHOR_NAME AUTHOR
    PGPASSFILE RESTIC_PASSWORD_FILE POSTGRES_PASSWORD_FILE PASSWORD_STORE_DIR SSH_KEY_PATH
    AWS_SHARED_CREDENTIALS_FILE BORG_PASSCOMMAND TOKENIZERS_PARALLELISM KEYBOARD KEYMAP MONKEY
    BYPASS_CACHE COMPASS PASSENGERS PASSIVE SECRETARY DISPLAY DBUS_SESSION_BUS_ADDRESS
    XDG_RUNTIME_DIR GNUPGHOME KUBECONFIG PYTHONPATH HTTP_PROXY COLUMNS TERM BORG_REPO LEVEL
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_name_tells_that_its_value_is_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", [*PLAIN.split(), "", "1", "\N{GREEK SMALL LETTER ALPHA}"])
def test_any_other_name_hides_nothing(name: str) -> None:
    assert not looks_secret(name)


ADDRESSES = [
    ("postgres://ada:hunter2@db:5432/shop", f"postgres://ada:{MASK}@db:5432/shop"),
    ("redis://:hunter2@cache", f"redis://:{MASK}@cache"),
    ("https://ada:p@ss:w@rd@example.com/x", f"https://ada:{MASK}@example.com/x"),
    ("postgres://ada:hunter/2@db", f"postgres://ada:{MASK}@db"),
    ("postgres://ada:1234@db", f"postgres://ada:{MASK}@db"),
    ("mongodb://ada:hunter2@a:1,b:2/x?y=z", f"mongodb://ada:{MASK}@a:1,b:2/x?y=z"),
    ("postgresql+psycopg://ada:h%40@db", f"postgresql+psycopg://ada:{MASK}@db"),
    ("amqp://a:one@h1,amqp://a:two@h2/v", f"amqp://a:{MASK}@h2/v"),
    ("https://ghp_hunter2@github.com/a/b", f"https://{MASK}@github.com/a/b"),
    ("jdbc:mysql://db/x?user=a&password=b&c=d", f"jdbc:mysql://db/x?user=a&password={MASK}&c=d"),
    ("https://h/?q=1&api_key=hunter2#top", f"https://h/?q=1&api_key={MASK}#top"),
    ("host=db user=ada password=hunter2 port=5", f"host=db user=ada password={MASK} port=5"),
    ("Server=db;Password=hunter2;Port=5", f"Server=db;Password={MASK};Port=5"),
    ("--token=hunter2 --fast", f"--token={MASK} --fast"),
]


@pytest.mark.parametrize(("value", "masked_value"), ADDRESSES)
def test_the_password_in_an_address_is_hidden_and_can_be_given_back(
    value: str, masked_value: str
) -> None:
    assert masked({"URL": value}) == {"URL": masked_value}
    assert unmasked({"URL": masked_value}, {"URL": value}) == {"URL": value}
    assert unmasked({"URL": f"{masked_value}x"}, {"URL": value}) == {"URL": f"{value}x"}
    assert (
        unmasked({"URL": masked_value}, {})
        == unmasked({"URL": masked_value}, {"URL": "x"})
        == {"URL": masked_value}
    )


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com:8080/@ada",
        "https://example.com:8080/x?mail=a@b",
        "https://example.com/a:b@c",
        "ssh://git@example.com/x",
        "postgres://ada@db/x",
        "mailto:ada@example.com",
        "ada:hunter2",
        "10:30 @ noon",
        "",
    ],
)
def test_an_address_without_a_password_is_shown(value: str) -> None:
    assert masked({"URL": value}) == {"URL": value}


@pytest.mark.parametrize("rest", [MASK, MASK[1:], f"{MASK}x"])
def test_an_address_is_not_stored_with_what_hides_its_password(
    services: Services, rest: str
) -> None:
    with pytest.raises(InvalidInput, match="the value of URL holds dots that hide nothing"):
        a_process(services, environment={"URL": f"postgres://ada:{rest}@db"})


def test_a_mask_tells_not_even_the_length() -> None:
    values = masked({"TOKEN": "a", "KEY": "a" * 50, "HOST": "h", "SECRET": ""})
    assert values == {"TOKEN": MASK, "KEY": MASK, "HOST": "h", "SECRET": ""}


def test_a_mask_that_comes_back_stands_for_what_is_stored() -> None:
    given = {"TOKEN": MASK, "KEY": "new", "OTHER_KEY": MASK}
    stored = {"TOKEN": PASSWORD, "KEY": "old"}
    assert unmasked(given, stored) == {"TOKEN": PASSWORD, "KEY": "new", "OTHER_KEY": MASK}


def test_a_mask_that_stands_for_nothing_is_refused(services: Services) -> None:
    with pytest.raises(InvalidInput, match="environment: the value of TOKEN holds dots that"):
        a_process(services, environment={"TOKEN": MASK})
    with pytest.raises(InvalidInput, match="parameters: the value of TOKEN holds dots that"):
        a_request(services, parameters={"TOKEN": MASK})
    assert services.requests.all() == []


@pytest.mark.parametrize("rest", [MASK[1:], f"{MASK}x", f"x{MASK}", "••"])
def test_what_an_edit_left_of_a_mask_is_no_secret(services: Services, rest: str) -> None:
    with pytest.raises(InvalidInput, match="TOKEN holds dots that hide nothing: type the value"):
        a_process(services, environment={"TOKEN": rest})
    a_process(services, environment={"HEADING": rest, "TOKEN": "a•b"})


@pytest.mark.parametrize("text", ['["hunter2"]', '"hunter2"', '{"TOKEN": ["hunter2"]}'])
def test_a_damaged_row_is_not_repeated_where_it_is_told(services: Services, text: str) -> None:
    request = a_request(services)
    services.requests.schedule(request.id)
    Process.update(environment=text).execute()
    assert services.dispatch.claim() == []
    (run,) = services.runs.latest(ALL_RUNS, 1)
    assert "cannot be read" in run.note
    assert PASSWORD not in run.note


@pytest.mark.parametrize("line", ["TOKEN hunter2", "API_KEY:hunter2", " PASSWORD ", "PASS x/path"])
def test_a_line_that_cannot_be_read_is_told_without_its_value(line: str) -> None:
    with pytest.raises(ValueError, match=rf"'\w+{MASK}' is not NAME=VALUE") as refused:
        parse_variables([line])
    assert PASSWORD not in str(refused.value)


def test_no_value_gets_into_a_log_by_the_way(services: Services) -> None:
    variables = {"PGPASSWORD": PASSWORD}
    process = a_process(services, environment=variables)
    request = a_request(services, parameters=variables)
    services.requests.schedule(request.id)
    (claim,) = services.dispatch.claim()
    assert claim.environment["PGPASSWORD"] == PASSWORD
    objects = (process, request, claim, draft_of(process), process_draft(environment=variables))
    assert PASSWORD not in repr(objects)


def test_an_address_that_is_no_line_is_told_without_its_password() -> None:
    with pytest.raises(ValueError, match=f"'postgres://ada:{MASK}@db' is not NAME=VALUE"):
        parse_variables(["postgres://ada:hunter2@db"])
