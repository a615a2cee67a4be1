"""An independent recount of the accounts from recorded histories and dated rates."""
