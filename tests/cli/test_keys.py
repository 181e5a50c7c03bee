"""`caihong keys`: rotating and listing what signs access tokens."""

from kernel import clock
from kernel.clock import MINUTE


def test_keys_are_rotated_and_listed_without_their_secrets(console):
    [first] = console.run("keys", "list").stdout.splitlines()
    assert first.endswith("signs new tokens")

    answer = console.run("keys", "rotate")
    assert answer.exit_code == 0
    file = console.data / "access.keys"
    assert str(file) in answer.stdout

    lines = console.run("keys", "list").stdout.splitlines()
    assert [line.split()[0] in answer.stdout for line in lines] == [True, False]
    assert lines[1].startswith(first.split()[0])
    assert "accepted until" in lines[1]
    private = file.read_text().split('"private": "')[1].split('"')[0]
    assert private not in answer.stdout + "".join(lines)
    with clock.frozen(clock.now() + 11 * MINUTE):
        assert "retired at" in console.run("keys", "list").stdout


def test_trouble_with_the_file_is_one_sentence(console):
    console.data.mkdir(exist_ok=True)
    (console.data / "access.keys").write_text("x")
    for command in ("list", "rotate"):
        answer = console.run("keys", command)
        assert answer.exit_code == 1
        assert "does not hold signing keys" in answer.stderr
    (console.data / "access.keys").unlink()
    (console.data / "access.keys.new").touch()
    assert "under way" in console.run("keys", "rotate").stderr
