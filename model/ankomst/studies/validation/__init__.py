"""The model beside published reforms and cohorts that it was not fitted to."""
