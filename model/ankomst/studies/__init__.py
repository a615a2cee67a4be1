"""Many runs, and what is concluded from them.

Where things are:

- *A few scenarios in memory* (`ankomst run`, `demo`, `compare` in Python): `runs`, `in_memory`, `comparison`,
  `sides`, `summary`, `statistics`, `economics`, `scenario_runs`, `decomposition`, `history`, `grid`,
  `grid_tables`, `demo`.
- *An experiment file*: `experiment` and `experiment_*`, `parameter_draws`, `posterior`; `people` (whether
  scenarios can be compared, asked by everything that compares).
- *Running it*: `plan` (runs and tasks), `work` (what a worker does), `record` (what is kept of a run),
  `executors` and `dispatch` (workers, and what happens when one dies), `at_work` (runs that do not end),
  `runner`, `stopping`, `estimate`; `same_study` and `going_on` (resuming).
- *Its folder*: `batch_folder`, `ledger`, `parts`, `stored`, `experiment_record`, `verify`, `export`; `store`
  and `folder` serve the other studies too.
- *Calibration*: `targets_file`, `targets` (published numbers), `quantities` and `target_measures` (what is
  simulated and read for them), `evaluation` and `evaluations` (at many sets of values, kept and resumed),
  `normal_scale`, `smoother`, `calibration_file`, `calibration` (loaded), `calibration_fit`,
  `calibration_tables`, `calibration_pairs`, `calibration_run` (its folder), `recovery` (simulated truths).
- *Validation*: `validation*`, published figures that are no targets. `study_schemas`: JSON schemas of their
  files.
- *Sensitivity and decisions*: `readings`, `contrasts` (what is analysed), `paired_measures`, `changes`
  (what is simulated at a point), `paired_fields`, `paired_file`, `paired_run` (what both share),
  `study_run` (into a folder with pages, validations too), `factors`, `noise`, `seeds`. `sensitivity_file`,
  `sensitivity` (loaded), `sensitivity_design` (points and their luck), `sensitivity_points`,
  `sensitivity_tables`, `sensitivity_emulator`, `sensitivity_run`; methods on arrays: `screening`,
  `sobol_indices`, `given_data`, `given_batch`, `tornado`, `emulator`, `emulator_indices`. `decision_file`,
  `decision` (loaded), `decision_parts`, `decision_designs`, `decision_run`; methods on arrays: `discovery`,
  `prim`, `thresholds`, `robustness`, `information`; `design_space`, `design_search`, `design_proposals`,
  `design_tables`.
- *What it says*: `batch_study` (all tables), `batch_pairs`, `batch_rows`, `batch_tables`, `batch_note`,
  `intervals`, `batch_resampling`, `batch_money`, `ranking`, `batch_cases`.
"""
