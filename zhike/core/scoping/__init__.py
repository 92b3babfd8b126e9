"""Which rows a person reaches. `Model.objects.visible_to(actor, action)` is the only doorway."""
