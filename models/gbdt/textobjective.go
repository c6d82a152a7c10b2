package gbdt

import (
	"fmt"
	"strconv"
	"strings"
)

// parameter returns LightGBM's name of the parameter of a loss, where o has it and
// its default; no name for a loss without one.
func (o *Objective) parameter() (name string, field *float64, fallback float64) {
	switch o.Loss {
	case Binary:
		return "sigmoid", &o.Sigmoid, 1
	case Tweedie:
		return "tweedie_variance_power", &o.Power, 1.5
	case Quantile:
		return "alpha", &o.Level, 0.5
	}
	return "", nil, 0
}

// text returns the objective as LightGBM writes it: the loss and, after a space,
// parameter:value.
func (o Objective) text() (string, error) {
	switch o.Loss {
	case L2, Poisson:
		return string(o.Loss), nil
	case Binary, Tweedie, Quantile:
		name, field, fallback := o.parameter()
		if *field == 0 {
			*field = fallback
		}
		if err := o.validateParameter(); err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %s:%s", o.Loss, name, strconv.FormatFloat(*field, 'g', -1, 64)), nil
	}
	return "", fmt.Errorf("objective %q is not one that LightGBM knows", o.Loss)
}

// readObjective is the inverse of text. A word that it does not know is an error:
// it may change what the margin means.
func readObjective(text string) (Objective, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Objective{}, fmt.Errorf("no objective, so that the meaning of the margin is unknown (add one, such as objective=%s)", L2)
	}
	o := Objective{Loss: Loss(words[0])}
	switch o.Loss {
	case Binary, L2, Poisson, Tweedie, Quantile:
	default:
		return Objective{}, fmt.Errorf("objective is %q (train with %s, %s, %s, %s or %s)", words[0], Binary, L2, Poisson, Tweedie, Quantile)
	}
	parameter, field, fallback := o.parameter()
	if field != nil {
		*field = fallback
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, ":")
		if field == nil || name != parameter {
			return Objective{}, fmt.Errorf("objective %s has the parameter %q, which this program does not know (train without it)", o.Loss, word)
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return Objective{}, fmt.Errorf("%s of objective %s is %q, not a number", name, o.Loss, value)
		}
		*field = v
	}
	return o, o.validateParameter()
}

// validateParameter checks the parameter that the loss has.
func (o Objective) validateParameter() error {
	full := Objective{Loss: o.Loss, Sigmoid: 1, Power: 1.5, Level: 0.5}
	if _, from, _ := o.parameter(); from != nil {
		_, to, _ := full.parameter()
		*to = *from
	}
	return full.validate()
}
