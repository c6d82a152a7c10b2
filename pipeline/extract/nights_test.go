package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNightsOfATinyShop goes through what can happen to files between nights. A
// night says how it read each table and why; that it found what reading
// everything finds is checked of every one.
func TestNightsOfATinyShop(t *testing.T) {
	t.Parallel()
	c, dir := tinyShop(t)
	c.Sources.Customers = Source{}
	write := func(name, text string) { rewrite(t, filepath.Join(dir, name), []byte(text)) }
	const some = "a,1,2025-01-01,P,,5,\nb,2,2025-01-02,Q,q,5,\nc,3,2025-01-03,P,,5,\nd,4,2025-01-04,P,,5,\n"
	write("orders-01.csv", tinyHeader+some+"e,5,2025-01-06,P,,5,\n")
	write("products-01.csv", "product_id,category,name\nP,p,Pan\n")
	nights := []struct {
		name   string
		change func()
		asOf   string
		orders string
		kept   int64
	}{
		{"first", func() {}, "2025-01-05", "all files: no earlier extract", 4},
		{"nothing new", func() {}, "2025-01-05", "0 new of 1 files", 4},
		{"a future row becomes known", func() {}, "2025-01-07", "0 new of 1 files", 5},
		{"a new file, with a row that comes again, a bad one and a late one", func() {
			write("orders-02.csv", tinyHeader+"a,1,2025-01-01,P,,5,\nf,6,2025-01-07,P,,,\nf,7,2024-11-01,R,,5,\nf,8,2025-01-07,R,,5,\n")
		}, "2025-01-08", "1 new of 2 files", 7},
		{"the category of a product changes", func() { write("products-01.csv", "product_id,category,name\nP,pots,Pan\n") }, "2025-01-09", "all files: the categories of products have changed", 7},
		{"the name of a product changes", func() { write("products-01.csv", "product_id,category,name\nP,pots,Pot\n") }, "2025-01-09", "0 new of 2 files", 7},
		{"a file changes", func() { write("orders-01.csv", tinyHeader+some) }, "2025-01-10", "all files: orders-01.csv has changed", 6},
		{"a file is older than another", func() { write("orders-00.csv", tinyHeader+"g,9,2025-01-01,P,,5,\n") }, "2025-01-10",
			"all files: orders-00.csv is new and comes before orders-01.csv (name exports so that newer ones sort last)", 7},
		{"a file goes", func() {
			if err := os.Remove(filepath.Join(dir, "orders-02.csv")); err != nil {
				t.Fatal(err)
			}
		}, "2025-01-10", "all files: orders-02.csv is gone", 5},
		{"an earlier day", func() {}, "2025-01-04", "all files: the earlier extract is of a later day, 2025-01-10", 4},
		{"another column", func() { write("orders-03.csv", "shop,"+tinyHeader+"x,h,10,2025-01-01,P,,5,\n") }, "2025-01-05", "all files: the new files have other columns", 6},
	}
	n := newNights(t, c)
	for _, night := range nights {
		night.change()
		r, ways := n.night(night.asOf)
		if ways["orders"] != night.orders || r.Source("orders").Kept != night.kept {
			t.Errorf("%s: %q keeps %d lines, want %q and %d", night.name, ways["orders"], r.Source("orders").Kept, night.orders, night.kept)
		}
		if strings.HasPrefix(night.name, "a new file") {
			want := &Arrivals{Days1: 1, Older: 1}
			if diff := cmp.Diff(want, r.Source("orders").Arrivals); diff != "" {
				t.Errorf("arrivals: -want +got:\n%s", diff)
			}
			if late := r.Source("orders").Late(); !strings.HasPrefix(late, "orders: 1 of 2 new rows arrived more than 7 days after they happened") {
				t.Error(late)
			}
		}
	}
}

// TestCorrectionsReplaceAnOrder has an order corrected by a later export: its
// lines go, also where the customer is another, and a line that the shop's system
// did not know yet replaces nothing.
func TestCorrectionsReplaceAnOrder(t *testing.T) {
	c, dir := tinyShop(t, "order_id")
	c.Sources.Customers = Source{}
	write := func(name, text string) { rewrite(t, filepath.Join(dir, name), []byte(text)) }
	write("products-01.csv", "product_id,category,name\nP,p,Pan\n")
	write("orders-01.csv", tinyHeader+"a,1,2025-01-01,P,,5,\na,1,2025-01-01,Q,,6,\nb,2,2025-01-02,P,,5,\nc,3,2025-01-03,P,,5,\n")
	n := newNights(t, c)
	n.night("2025-01-05")
	write("orders-02.csv", tinyHeader+"z,1,2025-01-01,P,,7,\nb,2,2025-01-02,P,,9,2025-01-08 12:00:00\n")
	r, ways := n.night("2025-01-06")
	if s := r.Source("orders"); ways["orders"] != "1 new of 2 files" || s.Kept != 3 || s.Replaced != 2 || s.After != 1 || s.Revenue != 17 {
		t.Errorf("%q: %+v", ways["orders"], s)
	}
	r, ways = n.night("2025-01-09")
	if s := r.Source("orders"); ways["orders"] != "0 new of 2 files" || s.Kept != 3 || s.Replaced != 3 || s.After != 0 || s.Revenue != 21 {
		t.Errorf("%q: %+v", ways["orders"], s)
	}
}

// TestNightsAfterAnErasure erases a customer between nights: nothing of what the
// night before holds is built on, and then no night holds her rows, also those that
// would become known later.
func TestNightsAfterAnErasure(t *testing.T) {
	c, dir := tinyShop(t)
	c.Sources.Customers = Source{}
	write := func(name, text string) { rewrite(t, filepath.Join(dir, name), []byte(text)) }
	const her = "Ada-0815"
	write("products-01.csv", "product_id,category,name\nP,p,Pan\n")
	write("orders-01.csv", tinyHeader+her+",1,2025-01-01,P,,5,\nb,2,2025-01-02,Q,q,5,\nc,3,2025-01-03,P,,5,\n"+
		"d,4,2025-01-04,P,,5,\nb,5,soon,P,,5,\n"+her+",6,soon,P,,5,\n"+her+",7,2025-01-08,P,,5,\nd,8,2025-01-20,P,,5,\n"+her+",short\n")
	n := newNights(t, c)
	n.night("2025-01-05")
	n.config.Erased = erasedList(t, her)
	for _, night := range []struct {
		file, asOf, way     string
		kept, erased, after int64
	}{
		{"", "2025-01-05", "all files: the configuration or the list of erased customers has changed", 3, 1, 2},
		{her + ",9,2025-01-05,P,,5,\ne,10,2025-01-05,P,,5,\n" + her + ",11,soon,P,,5,\n" + her + ",12,2025-01-30,P,,5,\n", "2025-01-06", "1 new of 2 files", 4, 2, 3},
		{"", "2025-01-08", "0 new of 2 files", 4, 2, 3},
		{"", "2025-01-10", "all files: rows of erased customers would have become known", 4, 3, 2},
		{"", "2025-01-25", "0 new of 2 files", 5, 3, 1},
	} {
		if night.file != "" {
			write("orders-02.csv", tinyHeader+night.file)
		}
		r, ways := n.night(night.asOf)
		s := r.Source("orders")
		if ways["orders"] != night.way || s.Kept != night.kept || s.Erased != night.erased || s.After != night.after {
			t.Errorf("%s: %q: %+v", night.asOf, ways["orders"], s)
		}
		if a := s.Arrivals; night.file != "" && (a == nil || a.total() != 1) {
			t.Errorf("%s: arrivals %v, want one", night.asOf, a)
		}
		checkNoCell(t, n.last, []string{her})
	}
}

// TestChildBuildsOnTheNightBefore hands the earlier extract to a child process.
func TestChildBuildsOnTheNightBefore(t *testing.T) {
	c, dir := tinyShop(t)
	c.Sources.Customers, c.InProcess = Source{}, false
	rewrite(t, filepath.Join(dir, "products-01.csv"), []byte("product_id,category,name\nP,p,Pan\n"))
	rewrite(t, filepath.Join(dir, "orders-01.csv"), []byte(tinyHeader+"a,1,2025-01-01,P,,5,\nb,2,2025-01-06,P,,5,\n"))
	n := newNights(t, c)
	n.night("2025-01-05")
	r, ways := n.night("2025-01-08")
	if s := r.Source("orders"); ways["orders"] != "0 new of 1 files" || s.Kept != 2 || s.Arrivals == nil {
		t.Errorf("%q: %+v", ways["orders"], s)
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Sources.Orders.Key = []string{"invoice"} }, "key: invoice is not a column of orders"},
		{func(c *Config) { c.Sources.Orders.Key = []string{"order_id", "order_id"} }, "key: order_id is there twice"},
		{func(c *Config) { c.Sources.Orders.Key = []string{"channel"} }, "key: the rows have no column channel"},
		{func(c *Config) { c.Sources.Customers.Key = []string{"country"} }, "key: customers can only have [customer_id]"},
		{func(c *Config) {
			c.Sources.Orders.Key = []string{"order_id"}
			c.Sources.Orders.SQL = "SELECT DISTINCT * FROM input"
		}, "key: rows cannot be told by file: it has DISTINCT"},
	} {
		c := ordersFrom(t, "customer_id,order_id,ordered_at,amount\na,1,2025-01-01,5\n")
		tt.change(&c)
		_, _, err := runIn(t, c, "2026-01-01")
		wantError(t, err, ErrConfig, tt.want)
	}
}
