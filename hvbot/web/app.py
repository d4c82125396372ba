"""The web app, put together step by step."""

from collections.abc import Mapping

from flask import Blueprint, Flask

from hvbot.runtime import Runtime
from hvbot.web.accounts import set_up_accounts
from hvbot.web.context import set_up_context
from hvbot.web.conversation.views import conversation
from hvbot.web.downloads.views import downloads
from hvbot.web.errors import set_up_errors
from hvbot.web.families.views import families
from hvbot.web.front import front
from hvbot.web.mine.views import mine
from hvbot.web.policy import POLICIES, Policy, set_up_policy
from hvbot.web.progress.views import progress
from hvbot.web.security import set_up_security
from hvbot.web.shown import set_up_templates
from hvbot.web.signin.views import signin
from hvbot.web.today.views import today
from hvbot.web.visits.views import visits
from hvbot.web.webhooks import make_webhooks

SCREENS = (front, signin, today, progress, families, conversation, visits, mine, downloads)


def create_app(
    runtime: Runtime, *, more: Blueprint | None = None, more_policies: Mapping[str, Policy] | None = None
) -> Flask:
    """Make the app. `more` is for the demo, whose pages must not exist anywhere else.

    Raises:
        UndeclaredRoute: a route has no policy.
    """
    app = Flask("hvbot.web")
    set_up_context(app, runtime)
    csrf = set_up_security(app, runtime.settings)
    set_up_accounts(app)
    set_up_templates(app)
    set_up_errors(app)
    webhooks = make_webhooks(runtime)
    csrf.exempt(webhooks)
    for screen in (*SCREENS, webhooks, *([more] if more else [])):
        app.register_blueprint(screen)
    set_up_policy(app, {**POLICIES, **(more_policies or {})})
    return app
