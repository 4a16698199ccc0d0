package main

import (
	"container/list"
	"sync"
)

// pages keeps the pages that were asked for last.
type pages struct {
	mu     sync.Mutex
	most   int
	recent *list.List            // of *kept, the latest first
	byID   map[int]*list.Element // by the number of the product
}

// kept is one page.
type kept struct {
	id   int
	text []byte
}

// newPages keeps up to most pages.
func newPages(most int) *pages {
	return &pages{most: most, recent: list.New(), byID: map[int]*list.Element{}}
}

// of returns the page of a product, and makes it if it is not kept. Two who ask for one page
// at the same time may both make it.
func (p *pages) of(id int, text func() []byte) []byte {
	p.mu.Lock()
	if e, ok := p.byID[id]; ok {
		p.recent.MoveToFront(e)
		p.mu.Unlock()
		return e.Value.(*kept).text
	}
	p.mu.Unlock()
	made := text()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.byID[id]; ok || p.most == 0 {
		return made
	}
	if p.recent.Len() == p.most {
		delete(p.byID, p.recent.Remove(p.recent.Back()).(*kept).id)
	}
	p.byID[id] = p.recent.PushFront(&kept{id, made})
	return made
}
