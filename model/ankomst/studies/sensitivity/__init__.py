"""What an answer rests on: screening, Sobol indices, an emulator."""
