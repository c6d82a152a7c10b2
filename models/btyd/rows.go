package btyd

import (
	"cmp"
	"slices"
)

// row is customers who are the same to a likelihood.
type row struct {
	Customer
	group  int32 // of equal covariates
	weight float64
}

// aggregate merges equal customers, and sorts: the order of customers does not
// show in a sum, and equal x are neighbours. group is nil for one group.
func aggregate(customers []Customer, group []int32) []row {
	type key struct {
		x, group  int32
		last, age float64
	}
	index := make(map[key]int32, len(customers)/4)
	var rows []row
	for i := range customers {
		c := customers[i].possible()
		k := key{x: int32(c.Orders), last: c.Last, age: c.Age}
		if group != nil {
			k.group = group[i]
		}
		at, known := index[k]
		if !known {
			at = int32(len(rows))
			index[k] = at
			rows = append(rows, row{Customer: Customer{Orders: c.Orders, Last: c.Last, Age: c.Age}, group: k.group})
		}
		rows[at].weight++
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.Orders, b.Orders),
			cmp.Compare(a.Last, b.Last), cmp.Compare(a.Age, b.Age))
	})
	return rows
}

// everyNth returns at most about limit rows, spread evenly over the sorted ones.
func everyNth(rows []row, limit int) []row {
	stride := (len(rows) + limit - 1) / limit
	if stride <= 1 {
		return rows
	}
	sample := make([]row, 0, len(rows)/stride+1)
	for i := stride / 2; i < len(rows); i += stride {
		sample = append(sample, rows[i])
	}
	return sample
}
