"""The lists of options that custom choices come from: ordinary lists, one for each field."""

from collections.abc import Mapping

from zhike.core import options, overlay
from zhike.core.customfields.config import everything
from zhike.core.entities import registry


def _load() -> Mapping[str, options.OptionList]:
    found: dict[str, options.OptionList] = {}
    for slug, config in everything().items():
        for field in config.choices:
            module = registry.get(slug).module
            found[field.option_list] = options.OptionList(
                name=field.option_list, label=field.label, module=module, is_custom=True
            )
    return found


_lists = overlay.Setting("custom_option_lists", _load)
options.provide(_lists.get)
