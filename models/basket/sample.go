package basket

import (
	"cmp"
	"slices"
)

// Sample keeps the histories of some customers, drawn by a hash of their keys, so
// that memory is bounded however many are offered. Which are kept does not depend
// on the order in which they come.
type Sample struct {
	lines int
	level int // a customer is kept if her hash ends in this many zeros
	kept  Histories
}

// NewSample returns a sample of up to lines items, 0 meaning a million.
func NewSample(lines int) *Sample {
	if lines <= 0 {
		lines = 1_000_000
	}
	return &Sample{lines: lines}
}

// Add offers a customer, whose key must be hers alone.
func (s *Sample) Add(key uint64, h History) error {
	if !s.holds(key) {
		return nil
	}
	if err := s.kept.Append(key, h); err != nil {
		return err
	}
	for s.kept.Lines() > s.lines {
		s.level++
		var fewer Histories
		for i := range s.kept.Len() {
			if !s.holds(s.kept.Key(i)) {
				continue
			}
			if err := fewer.Append(s.kept.Key(i), s.kept.At(i)); err != nil {
				return err
			}
		}
		s.kept = fewer
	}
	return nil
}

func (s *Sample) holds(key uint64) bool { return mix(key)&(1<<s.level-1) == 0 }

// Merge offers everybody in other, which had room for as many lines.
func (s *Sample) Merge(other *Sample) error {
	s.level = max(s.level, other.level)
	all := s.kept
	s.kept = Histories{}
	for _, hs := range []*Histories{&all, &other.kept} {
		for i := range hs.Len() {
			if err := s.Add(hs.Key(i), hs.At(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Histories returns who was kept, by key.
func (s *Sample) Histories() (*Histories, error) {
	order := make([]int, s.kept.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.kept.Key(a), s.kept.Key(b)) })
	sorted := new(Histories)
	for _, i := range order {
		if err := sorted.Append(s.kept.Key(i), s.kept.At(i)); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

// mix spreads the bits of key (the finaliser of SplitMix64, Steele et al. 2014).
func mix(key uint64) uint64 {
	key += 0x9e3779b97f4a7c15
	key = (key ^ key>>30) * 0xbf58476d1ce4e5b9
	key = (key ^ key>>27) * 0x94d049bb133111eb
	return key ^ key>>31
}
