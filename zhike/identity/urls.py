"""Addresses of the pages that this app has beside the registry's. They come before those, and replace some of them."""

from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from zhike.identity.views import account, departments, people, roles, setup, signing_in

urlpatterns = [
    path("accounts/login/", signing_in.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", never_cache(signing_in.SignOut.as_view()), name="account_logout"),
    path("accounts/password/change/", account.change_password, name="account_change_password"),
    path(
        "accounts/password/reset/", never_cache(signing_in.ForgottenPassword.as_view()), name="account_reset_password"
    ),
    path(
        "accounts/password/reset/done/", never_cache(signing_in.LinkSent.as_view()), name="account_reset_password_done"
    ),
    path(
        "accounts/password/reset/key/done/",
        never_cache(signing_in.PasswordSet.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9a-z]{1,13})-(?P<key>[^/]{1,200})/$",
        never_cache(signing_in.PasswordByLink.as_view()),
        name="account_reset_password_from_key",
    ),
    path("accounts/profile/", account.profile, name="profile"),
    path("accounts/tokens/", account.create_token, name="create_token"),
    path("accounts/tokens/<int:pk>/revoke/", account.revoke_token, name="revoke_token"),
    path("setup/", setup.set_up, name="setup"),
    path("settings/departments/", departments.department_tree, name="settings_departments"),
    path("settings/roles/", roles.role_list, name="settings_roles"),
    path("settings/roles/new/", roles.new_role, name="settings_new_role"),
    path("settings/roles/<int:pk>/", roles.edit_role, name="settings_role"),
    path("settings/roles/<int:pk>/delete/", roles.delete_role, name="settings_delete_role"),
    path("users/<int:pk>/token/", people.service_token, name="service_token"),
    path("users/<int:pk>/tokens/<int:token_pk>/revoke/", people.revoke_token_of, name="revoke_token_of"),
    *(
        path(f"users/<int:pk>/{step}/", people.person_step, {"step": step}, name=f"person_{step}")
        for step in people.STEPS
    ),
]
