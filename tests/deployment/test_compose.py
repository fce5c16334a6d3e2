"""The compose file as Docker Compose itself reads it: who waits for whom, and who may do what."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from tests.deployment.files import ROOT, compose, parser

OURS = ("prepare", "render", "mt", "beat", "review")
ALL = (*OURS, "redis", "postgres", "site", "libretranslate")


def service(name: str) -> dict[str, Any]:
    """One service, also of a profile."""
    found: dict[str, Any] = compose("--profile", "*")["services"][name]
    return found


def test_it_describes_these_services() -> None:
    """LibreTranslate only where its profile is asked for."""
    assert set(compose("--profile", "*")["services"]) == set(ALL)
    assert set(compose()["services"]) == set(ALL) - {"libretranslate"}


@pytest.mark.parametrize("name", ALL)
def test_no_container_may_do_more_than_its_work(name: str) -> None:
    """Not as root, on a root that is read-only, without capabilities, and none to be gained."""
    found = service(name)
    assert found["user"].split(":")[0] not in ("", "0", "root")
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert "cap_add" not in found
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert not found.get("privileged")
    assert "docker.sock" not in str(found)


@pytest.mark.parametrize("name", [name for name in ALL if name != "prepare"])
def test_each_that_stays_says_whether_it_is_well_and_has_time_to_end(name: str) -> None:
    """And comes back when it fails."""
    found = service(name)
    assert found["healthcheck"]["test"]
    assert found["restart"] == "unless-stopped"
    assert found["stop_grace_period"]


@pytest.mark.parametrize("name", OURS)
def test_ours_wait_until_the_stores_are_well(name: str) -> None:
    """And, but for the one that does it, until the tables are made."""
    waits = {other: one["condition"] for other, one in service(name)["depends_on"].items()}
    stores = {"redis": "service_healthy", "postgres": "service_healthy"}
    prepared = {} if name == "prepare" else {"prepare": "service_completed_successfully"}
    assert waits == stores | prepared


def test_a_worker_has_more_time_to_end_than_its_soft_shutdown() -> None:
    """Else Docker kills what would have ended by itself."""
    seconds = re.fullmatch(r"(\d+)s", service("render")["stop_grace_period"])
    assert seconds
    text = (ROOT / "workers/configuration.py").read_text(encoding="utf-8")
    soft = re.search(r'"worker_soft_shutdown_timeout": ([\d.]+)', text)
    assert soft
    assert int(seconds[1]) > 2 * float(soft[1])


def test_workers_can_be_scaled() -> None:
    """Nothing of theirs is there only once: no name, no port of the host. Beat is there once."""
    for name in ("render", "mt"):
        assert "container_name" not in service(name)
        assert "ports" not in service(name)
        assert f"{name}@%h" in service(name)["command"]
    assert service("beat")["deploy"]["replicas"] == 1


def test_secrets_are_in_files_alone() -> None:
    """In no variable, no command; each service has those that it reads."""
    for name in ALL:
        found = service(name)
        for key, value in (found.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY|_URL", key):
                assert key.endswith("_FILE"), key
                assert str(value).startswith("/run/secrets/")
                assert value.rpartition("/")[2] in [one["source"] for one in found["secrets"]]
    assert [one["source"] for one in service("redis")["secrets"]] == ["redis_users"]
    assert "secrets" not in service("site")


def test_ports_are_those_of_readers_and_reviewers_on_loopback() -> None:
    """Redis and PostgreSQL are on a network that leads nowhere."""
    published = {name: service(name).get("ports", []) for name in ALL}
    assert {name for name, ports in published.items() if ports} == {"site", "review"}
    assert {port["host_ip"] for ports in published.values() for port in ports} == {"127.0.0.1"}
    assert compose()["networks"]["inside"]["internal"] is True
    for store in ("redis", "postgres"):
        assert list(service(store)["networks"]) == ["inside"]
    assert list(service("site")["networks"]) == ["outside"]


def test_folders_of_the_site_are_where_the_pipeline_looks() -> None:
    """Sources cannot be written to by ours, nor the site by nginx."""
    for name in OURS:
        places = {one["target"]: one.get("read_only", False) for one in service(name)["volumes"]}
        assert places["/site/pipeline.toml"] is True
        assert places["/site/source"] is True
        assert places["/site/locales"] is False
        assert places["/site/public"] is False
    assert all(one["read_only"] for one in service("site")["volumes"])


def test_stores_keep_what_they_are_told() -> None:
    """Redis appends and never drops; LibreTranslate knows two languages."""
    said = " ".join(service("redis")["command"])
    assert "--appendonly yes" in said
    assert "--maxmemory-policy noeviction" in said
    assert service("libretranslate")["environment"]["LT_LOAD_ONLY"] == "en,nl"


def test_the_dockerfile_has_nothing_to_object_to() -> None:
    """By hadolint, with every rule."""
    done = subprocess.run(
        [parser("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, "")
