"""A plain Mesa twin of the model, written from the description of the rules to check the compiled one."""
