package nextpurchase

import (
	"path"
	"slices"

	"perennial/pipeline/history"
)

// Assortment says what a shop sells: which products count, which may be named
// and by what name. It is immutable and safe to share.
type Assortment struct {
	vocabulary history.Vocabulary
	excluded   []bool // by product code: postage, fees, vouchers
	withdrawn  []bool // not available
	consumable []bool
	titles     []string // of products, "" where the catalogue has none
	groups     []int32  // category code of each product, by item
	runningOut []bool   // by category code: it has a product that may run out
}

// NewAssortment returns the assortment of a catalogue. Products whose id matches a
// pattern of exclude as in path.Match are neither counted nor named; a pattern that
// is malformed matches nothing. Products that the catalogue calls unavailable count
// and are not named. In a catalogue without consumables anything may be one.
func NewAssortment(vocabulary history.Vocabulary, catalogue []history.Product, exclude []string) *Assortment {
	codes := vocabulary.Products.Len() + 1
	a := &Assortment{
		vocabulary: vocabulary,
		excluded:   make([]bool, codes), withdrawn: make([]bool, codes), consumable: make([]bool, codes),
		titles: make([]string, codes), groups: make([]int32, codes-1),
	}
	for code := range a.excluded {
		a.excluded[code] = excluded(vocabulary.Products.Name(history.Code(code)), exclude)
	}
	marked := slices.ContainsFunc(catalogue, func(p history.Product) bool { return p.Consumable })
	for _, product := range catalogue {
		a.withdrawn[product.Code] = !product.Available
		a.consumable[product.Code] = product.Consumable
		a.titles[product.Code] = product.Name
		a.groups[product.Code-1] = int32(product.Category)
	}
	if !marked {
		for code := range a.consumable {
			a.consumable[code] = true
		}
	}
	a.runningOut = make([]bool, vocabulary.Categories.Len()+1)
	for item, category := range a.groups {
		a.runningOut[category] = a.runningOut[category] || a.mayRunOut(int32(item))
	}
	return a
}

func excluded(id string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, id)
		return match && err == nil
	})
}

// Level is what is ranked. Items of a level are numbered from 0: the item of a
// code is the code less one.
type Level int

// The levels.
const (
	Products Level = iota
	Categories
	levels
)

// String returns product or category.
func (l Level) String() string { return [...]string{"product", "category"}[l] }

// published is how many items of a level a row names.
func (l Level) published() int { return [...]int{5, 3}[l] }

// items returns the number of items of a level.
func (a *Assortment) items(l Level) int {
	if l == Categories {
		return a.vocabulary.Categories.Len()
	}
	return a.vocabulary.Products.Len()
}

// itemOf returns the item of a line, -1 for what is unknown or does not count.
func (a *Assortment) itemOf(l Level, line *history.Line) int32 {
	switch {
	case a.excluded[line.Product]:
		return -1
	case l == Categories:
		return int32(line.Category) - 1
	}
	return int32(line.Product) - 1
}

// mayName reports whether a product may be recommended.
func (a *Assortment) mayName(item int32) bool { return !a.withdrawn[item+1] && !a.excluded[item+1] }

// mayRunOut reports whether a product is used up and may be recommended.
func (a *Assortment) mayRunOut(item int32) bool { return a.consumable[item+1] && a.mayName(item) }

// mayBeDue returns which items of a level may be due: what runs out, and categories
// with something that does.
func (a *Assortment) mayBeDue(l Level) func(item int32) bool {
	if l == Categories {
		return func(item int32) bool { return a.runningOut[item+1] }
	}
	return a.mayRunOut
}

// id returns the shop's own key of an item.
func (a *Assortment) id(l Level, item int32) string {
	if l == Categories {
		return a.vocabulary.Categories.Name(history.Code(item) + 1)
	}
	return a.vocabulary.Products.Name(history.Code(item) + 1)
}

// title returns what people call an item: its name, or its key.
func (a *Assortment) title(l Level, item int32) string {
	if l == Products && a.titles[item+1] != "" {
		return a.titles[item+1]
	}
	return a.id(l, item)
}
