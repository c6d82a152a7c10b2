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
	parameter, field, _ := o.parameter()
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, ":")
		if field == nil || name != parameter {
			return Objective{}, fmt.Errorf("objective %s has the parameter %q, which this program does not know (train without it)", o.Loss, word)
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return Objective{}, fmt.Errorf("%s of objective %s is %q, not a number", name, o.Loss, value)
		}
		if v == 0 {
			return Objective{}, fmt.Errorf("%s of objective %s is 0 (train with another)", name, o.Loss)
		}
		*field = v
	}
	return o, o.validateParameter()
}

// recall sets a parameter that the objective did not name from a training
// parameter after the trees, "[name: value]": LightGBM leaves out the power of
// Tweedie and the level of quantile. Without one, the default holds.
func (o *Objective) recall(tail string) {
	name, field, fallback := o.parameter()
	if field == nil || *field != 0 {
		return
	}
	*field = fallback
	_, rest, _ := strings.Cut(tail, "\n["+name+": ")
	value, _, _ := strings.Cut(rest, "]")
	read := *o
	_, field, _ = read.parameter()
	var err error
	if *field, err = strconv.ParseFloat(value, 64); err == nil && read.validateParameter() == nil {
		*o = read
	}
}

// validateParameter checks the parameter that the loss has; 0 is its default.
func (o Objective) validateParameter() error {
	full := Objective{Loss: o.Loss, Sigmoid: 1, Power: 1.5, Level: 0.5}
	if _, from, _ := o.parameter(); from != nil && *from != 0 {
		_, to, _ := full.parameter()
		*to = *from
	}
	return full.validate()
}
