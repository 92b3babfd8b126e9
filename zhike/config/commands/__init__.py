"""The commands of `zhike`, one module each: `configure(parser)` names its options, `run(options)` does it.

Modules import what they need inside `run`, after `start()` has loaded Django.
"""
