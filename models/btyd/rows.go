package btyd

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// row is customers who are the same to a likelihood.
type row struct {
	orders, group int32 // group is that of equal covariates
	last, age     float64
	value         float64 // mean order value; only of rows for GammaGamma
	weight        float64
}

func (r *row) customer() Customer {
	return Customer{Orders: int(r.orders), Last: r.last, Age: r.age}
}

// aggregate merges equal customers, and sorts: the order of customers does not
// show in a sum, and equal x are neighbours. group is nil for one group.
func aggregate(customers []Customer, group []int32) []row {
	// An open hash table of indices into rows, at most half full.
	size := 1 << bits.Len(uint(2*len(customers)))
	table := make([]int32, size) // index + 1
	rows := make([]row, 0, len(customers)/4)
	for i := range customers {
		c := customers[i].possible()
		r := row{orders: int32(c.Orders), last: c.Last, age: c.Age, weight: 1}
		if group != nil {
			r.group = group[i]
		}
		slot := int(r.hash()) & (size - 1)
		for table[slot] != 0 && !r.equal(&rows[table[slot]-1]) {
			slot = (slot + 1) & (size - 1)
		}
		if table[slot] == 0 {
			rows = append(rows, r)
			table[slot] = int32(len(rows))
		} else {
			rows[table[slot]-1].weight++
		}
	}
	slices.SortFunc(rows, compareRows)
	return rows
}

func (r *row) hash() uint64 {
	return hash(math.Float64bits(r.last)*31 ^ hash(math.Float64bits(r.age)^uint64(r.orders)<<32^uint64(r.group)))
}

func (r *row) equal(o *row) bool {
	return r.age == o.age && r.last == o.last && r.orders == o.orders && r.group == o.group
}

func compareRows(a, b row) int {
	switch {
	case a.group != b.group:
		return cmp.Compare(a.group, b.group)
	case a.orders != b.orders:
		return cmp.Compare(a.orders, b.orders)
	case a.last != b.last:
		return cmp.Compare(a.last, b.last)
	}
	return cmp.Compare(a.age, b.age)
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
