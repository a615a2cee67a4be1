"""A plain Mesa twin of the model, written from the specification to check the compiled one."""
