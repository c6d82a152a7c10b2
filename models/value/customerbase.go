package value

import (
	"fmt"
	"math"
	"slices"
)

// The columns of the customer-base models: orders of a year, and what one is
// worth.
const (
	baseOrdersColumn = "base_orders"
	baseValueColumn  = "base_order_value"
)

// CustomerBase is expected orders times expected order value as customer-base
// models give them, scaled to the shop. Customers whom the models do not know
// have the means of the training rows.
type CustomerBase struct {
	OrderScale   float64 `json:"order_scale"`
	RevenueScale float64 `json:"revenue_scale"`
}

// known reports whether some row has an expectation.
func (CustomerBase) known(names []string, x [][]float32) bool {
	j := slices.Index(names, baseOrdersColumn)
	return j >= 0 && slices.ContainsFunc(x[j], func(v float32) bool { return v == v })
}

func (b *CustomerBase) predict(names []string, x [][]float32, unknown Prediction, n int) ([]Prediction, error) {
	predictions := make([]Prediction, n)
	orders, value := slices.Index(names, baseOrdersColumn), slices.Index(names, baseValueColumn)
	if orders < 0 || value < 0 {
		return nil, fmt.Errorf("column %s or %s is missing", baseOrdersColumn, baseValueColumn)
	}
	for i := range predictions {
		expected, worth := float64(x[orders][i]), float64(x[value][i])
		predictions[i] = Prediction{Orders: b.OrderScale * expected, Revenue: b.RevenueScale * expected * worth}
		if math.IsNaN(predictions[i].Orders) || math.IsNaN(predictions[i].Revenue) {
			predictions[i] = unknown
		}
	}
	return predictions, nil
}
