package gbdt

// Loss is the name of a loss, as LightGBM spells it.
type Loss string

// The losses that Fit minimises.
const (
	Binary   Loss = "binary"     // log loss; y in [0, 1], prediction = 1 / (1 + exp(-margin))
	L2       Loss = "regression" // squared error; prediction = margin
	Poisson  Loss = "poisson"    // Poisson deviance; y ≥ 0, prediction = exp(margin)
	Tweedie  Loss = "tweedie"    // Tweedie deviance of Objective.Power; y ≥ 0, prediction = exp(margin)
	Quantile Loss = "quantile"   // pinball loss at Objective.Level; prediction = margin
)

// Objective is a loss with its parameter.
type Objective struct {
	Loss Loss
	// Sigmoid scales the margin of Binary before the logistic function;
	// 0 means 1.
	Sigmoid float64
	// Power is the variance power of Tweedie, in (1, 2); 0 means 1.5.
	Power float64
	// Level is the quantile of Quantile, in (0, 1); 0 means 0.5.
	Level float64
}
