package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// product is something that the shop sells. Prices are in cents.
type product struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Price int    `json:"price"`
}

// order is what somebody has bought.
type order struct {
	ID       int    `json:"id"`
	User     string `json:"user"`
	Products []int  `json:"products"`
	Total    int    `json:"total"`
	State    string `json:"state"`
}

// line is one line of the file: a product, an account or an order.
type line struct {
	Product *product          `json:"product,omitempty"`
	Account map[string]string `json:"account,omitempty"` // name and password
	Order   *order            `json:"order,omitempty"`
}

// database is a file to which lines are appended, with all of it in memory.
type database struct {
	mu       sync.Mutex
	file     *os.File
	products map[int]product
	accounts map[string]string // passwords by name
	orders   []order
}

// openDatabase reads the file, to which orders are then appended.
func openDatabase(name string) (*database, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	d := &database{file: file, products: map[int]product{}, accounts: map[string]string{}}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			file.Close()
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		d.read(l)
	}
	if err := lines.Err(); err != nil {
		file.Close()
		return nil, err
	}
	return d, nil
}

// read takes in one line.
func (d *database) read(l line) {
	switch {
	case l.Product != nil:
		d.products[l.Product.ID] = *l.Product
	case l.Order != nil:
		d.orders = append(d.orders, *l.Order)
	}
	for name, password := range l.Account {
		d.accounts[name] = password
	}
}

// place numbers an order and appends it to the file.
func (d *database) place(o order) (order, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.ID = len(d.orders) + 1
	text, err := json.Marshal(line{Order: &o})
	if err != nil {
		return o, err
	}
	if _, err := d.file.Write(append(text, '\n')); err != nil {
		return o, err
	}
	d.orders = append(d.orders, o)
	return o, nil
}

// find returns an order by its number.
func (d *database) find(id int) (order, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id < 1 || id > len(d.orders) {
		return order{}, false
	}
	return d.orders[id-1], true
}

// Close closes the file.
func (d *database) Close() error { return d.file.Close() }
