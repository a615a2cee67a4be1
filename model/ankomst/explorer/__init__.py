"""The explorer: a page in the browser that runs scenarios while one moves levers (`ankomst explore`).

Dash is imported in this package only, and nothing here is imported before the command runs. What a person
chooses lives in the person's page and its address (`state`), never in a variable of the server; the server
keeps answers by their content (`answer`) and jobs by secret names (`jobs`).
"""

from ankomst.policy.extras import need

need("explorer", "the explorer")
