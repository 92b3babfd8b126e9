"""Every change of people, departments, roles and tokens. The actor comes first; each refuses with a sentence."""

from zhike.identity.actions.departments import create_department, edit_department, move_department
from zhike.identity.actions.passwords import (
    change_password,
    new_password,
    request_password_reset,
    reset_password_by_administrator,
    set_password_by_link,
)
from zhike.identity.actions.people import (
    Invitation,
    activate_user,
    change_department,
    create_user,
    edit_own_profile,
    edit_user,
    invite_user,
    let_in,
    lock_user,
    mark_left,
)
from zhike.identity.actions.roles import (
    RoleGrant,
    copy_role,
    create_role,
    delete_role,
    edit_role,
    give_roles,
    set_roles,
)
from zhike.identity.actions.setup import ensure_administrator, is_set_up, set_up
from zhike.identity.actions.tokens import create_token, issue_token_for_command, revoke_token

__all__ = [
    "Invitation",
    "RoleGrant",
    "activate_user",
    "change_department",
    "change_password",
    "copy_role",
    "create_department",
    "create_role",
    "create_token",
    "create_user",
    "delete_role",
    "edit_department",
    "edit_own_profile",
    "edit_role",
    "edit_user",
    "ensure_administrator",
    "give_roles",
    "invite_user",
    "is_set_up",
    "issue_token_for_command",
    "let_in",
    "lock_user",
    "mark_left",
    "move_department",
    "new_password",
    "request_password_reset",
    "reset_password_by_administrator",
    "revoke_token",
    "set_password_by_link",
    "set_roles",
    "set_up",
]
