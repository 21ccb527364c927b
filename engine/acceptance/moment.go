package acceptance

const momentPattern = `the prompt|the first word`

func momentNames() string { return "the prompt" }

func parseMoment(s string) (any, error) { return s, nil }
