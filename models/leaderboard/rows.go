package leaderboard

// Where returns the rows for which keep holds, copied.
func (r Rows) Where(keep func(i int) bool) Rows {
	var index []int
	for i := range r.Y {
		if keep(i) {
			index = append(index, i)
		}
	}
	out := Rows{Columns: r.Columns, X: make([][]float32, len(r.X)), Y: make([]float64, len(index)), Group: make([]uint64, len(index))}
	for j := range r.X {
		column := make([]float32, len(index))
		for k, i := range index {
			column[k] = r.X[j][i]
		}
		out.X[j] = column
	}
	for k, i := range index {
		out.Y[k], out.Group[k] = r.Y[i], r.Group[i]
	}
	return out
}

// Fold returns the fold of row i among n. All rows of a customer share one.
func (r Rows) Fold(i, n int) int { return int(r.Group[i] % uint64(n)) }

// Positives counts the rows with a label above zero.
func (r Rows) Positives() int {
	n := 0
	for _, y := range r.Y {
		if y > 0 {
			n++
		}
	}
	return n
}

// CrossFit returns for every row the prediction of a model that saw no row of
// its customer: fit is called once for each of n folds.
func (r Rows) CrossFit(n int, fit func(train Rows) (Model, error)) ([]float64, error) {
	predictions := make([]float64, len(r.Y))
	for fold := range n {
		model, err := fit(r.Where(func(i int) bool { return r.Fold(i, n) != fold }))
		if err != nil {
			return nil, err
		}
		held := r.Where(func(i int) bool { return r.Fold(i, n) == fold })
		out := make([]float64, len(held.Y))
		if err := model.Predict(out, held.Columns, held.X); err != nil {
			return nil, err
		}
		k := 0
		for i := range r.Y {
			if r.Fold(i, n) == fold {
				predictions[i] = out[k]
				k++
			}
		}
	}
	return predictions, nil
}
