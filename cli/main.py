"""`caihong`: everything that is done on the server's own console."""

import cli.loading  # noqa: F401  before everything else

# isort: split
import gc
import locale
import os
from typing import Any

import typer
from typer.core import TyperGroup

from cli import (
    alarms,
    checkpoints,
    checkup,
    demo,
    exporting,
    first_run,
    granting,
    importing,
    importing_hours,
    keys,
    lapsing,
    periods,
    proving,
    rebuilding,
    serving,
    setting_up,
    tidying,
    users,
    verifying,
)
from cli.opening import migrate
from cli.trouble import sentence_about
from web import i18n

gc.freeze()  # all is loaded
gc.enable()

EXPECTED_TROUBLE = 1


def terminal_language() -> str:
    """Return the language of the terminal: Chinese where the locale says so, otherwise English."""
    said = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    said = said or (locale.getlocale()[0] or "")
    return "zh_Hans" if said.lower().startswith(("zh", "chinese")) else "en"


class Kindly(TyperGroup):
    """Answers expected trouble with one sentence and exit code 1; a defect of ours keeps its traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command in the terminal's language."""
        with i18n.speaking(terminal_language()):
            try:
                return super().invoke(ctx)
            except Exception as error:
                sentence = sentence_about(error)
                if sentence is None:
                    raise
                typer.echo(sentence, err=True)
                raise typer.Exit(EXPECTED_TROUBLE) from None


app = typer.Typer(
    cls=Kindly,
    name="caihong",
    help="Caihong: volunteer points, charity shop and property-fee vouchers of a residential community.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("demo")(demo.demo)
app.command("verify")(verifying.verify)
app.command("prove")(proving.prove)
app.command("consistency")(proving.went_on)
app.command("checkpoint")(checkpoints.checkpoint)
app.command("setup")(setting_up.setup)
app.command("openapi")(serving.openapi)
app.command("doctor")(checkup.doctor)
app.command("rebuild")(rebuilding.rebuild)
app.command("expire")(lapsing.expire)
app.command("tidy")(tidying.tidy_command)
app.add_typer(users.app, name="user")
app.add_typer(periods.app, name="period")
app.add_typer(alarms.app, name="alarm")
app.add_typer(keys.app, name="keys")
importing.app.command()(importing_hours.hours)
app.add_typer(importing.app, name="import")
app.command("grant")(granting.grant)
app.command("export")(exporting.export_command)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date; running it again changes nothing."""
    migrate()
    typer.echo(i18n.gettext("The database is up to date."))
    first_run.say_setup_code(first_run.setup_code())


if __name__ == "__main__":
    app()
