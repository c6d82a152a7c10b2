package simulate

import "strconv"

const categoryCount = 12

// category is a shelf of the shop.
type category struct {
	name       string
	consumable bool
	price      float64 // median list price in whole units, before the 99 cents
	nouns      []string
}

var categories = [categoryCount]category{
	{"coffee", true, 9, []string{"Espresso Beans", "Filter Coffee", "Decaf Beans", "Coffee Pads", "Cold Brew"}},
	{"tea", true, 6, []string{"Green Tea", "Black Tea", "Rooibos", "Herbal Blend", "Chai"}},
	{"pantry", true, 5, []string{"Olive Oil", "Pasta", "Honey", "Granola", "Tomato Sauce", "Sea Salt"}},
	{"sweets", true, 5, []string{"Dark Chocolate", "Shortbread", "Fudge", "Liquorice", "Nougat"}},
	{"household", true, 7, []string{"Dish Soap", "Laundry Liquid", "Surface Cleaner", "Sponges", "Bin Bags"}},
	{"body care", true, 9, []string{"Hand Cream", "Shampoo Bar", "Shower Gel", "Face Oil", "Soap"}},
	{"pet", true, 11, []string{"Dry Food", "Chew Sticks", "Cat Litter", "Treats", "Wet Food"}},
	{"candles", false, 12, []string{"Scented Candle", "Pillar Candle", "Tealights", "Diffuser"}},
	{"kitchen", false, 19, []string{"Chopping Board", "Saucepan", "Bread Knife", "Mixing Bowl", "Whisk"}},
	{"textiles", false, 22, []string{"Linen Towel", "Cushion Cover", "Wool Throw", "Apron", "Bed Sheet"}},
	{"garden", false, 14, []string{"Seed Set", "Plant Pot", "Pruning Shears", "Watering Can", "Herb Kit"}},
	{"stationery", false, 8, []string{"Notebook", "Fountain Pen", "Greeting Cards", "Planner", "Wrapping Paper"}},
}

var adjectives = [...]string{
	"Classic", "Nordic", "Golden", "Village", "Fine", "Wild", "Alpine", "Harbour", "Old Town", "Sunny",
	"Pure", "Northern", "Royal", "Rustic", "Bright", "Meadow", "Forest", "Coastal", "Grand", "Quiet",
}

// productName names the n-th product of a category: no two are the same.
func productName(c *category, n int) string {
	name := adjectives[n%len(adjectives)] + " " + c.nouns[n/len(adjectives)%len(c.nouns)]
	if edition := n / (len(adjectives) * len(c.nouns)); edition > 0 {
		name += " No. " + strconv.Itoa(edition+1)
	}
	return name
}
