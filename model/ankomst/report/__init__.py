"""From a result to what people see, in English and Danish."""
