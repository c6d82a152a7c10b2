package extract

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Limits bound what reading a source may cost. A file that goes beyond one is
// ErrBadData: exports are read that other systems have written, and some day one
// of them is broken or made to do harm. The zero value of a field is its default,
// which no sound export comes near.
type Limits struct {
	Time      time.Duration `yaml:"time"`      // that one survey or extraction may take; default 6h
	Scratch   string        `yaml:"scratch"`   // of the disk for scratch files; default 200GiB
	Text      string        `yaml:"text"`      // size of one file, decompressed; default 1TiB
	Expansion float64       `yaml:"expansion"` // decompressed size for one byte of a compressed file; default 200
}

const (
	defaultLimitTime      = 6 * time.Hour
	defaultLimitScratch   = "200GiB"
	defaultLimitText      = "1TiB"
	defaultLimitExpansion = 200

	// freeExpansion is what any file may unpack to, however small it is: a
	// column of one value compresses a thousandfold and does no harm.
	freeExpansion = 1 << 30
)

// withDefaults returns l with its defaults filled in, or an ErrConfig.
func (l Limits) withDefaults() (Limits, error) {
	l.Time = cmp.Or(l.Time, defaultLimitTime)
	l.Scratch = cmp.Or(l.Scratch, defaultLimitScratch)
	l.Text = cmp.Or(l.Text, defaultLimitText)
	l.Expansion = cmp.Or(l.Expansion, defaultLimitExpansion)
	switch {
	case l.Time < 0:
		return l, configError("limits: time %v: negative (write it as 6h)", l.Time)
	case !isSize(l.Scratch):
		return l, configError("limits: scratch %q: not a size (write it as %s)", l.Scratch, defaultLimitScratch)
	case !isSize(l.Text):
		return l, configError("limits: text %q: not a size (write it as %s)", l.Text, defaultLimitText)
	case !(l.Expansion >= 1):
		return l, configError("limits: expansion %v: less than 1 (it is decompressed bytes for a compressed one)", l.Expansion)
	}
	return l, nil
}

// text returns how many bytes a compressed file of size bytes may unpack to.
func (l *Limits) text(size int64, compressed bool) int64 {
	most := bytesOf(l.Text)
	if compressed {
		most = min(most, max(freeExpansion, saturated(l.Expansion*float64(size))))
	}
	return most
}

// processMemory is how many bytes the process that reads may take before it is
// killed. memory_limit is what it is made to keep to; 10 million order lines take
// 0.6 GB of 2 GiB, and 0.4 of 512 MiB.
func (c *Config) processMemory() int64 {
	const least, most = 512 << 20, math.MaxInt64 / 4
	return max(least, min(bytesOf(c.MemoryLimit), most)/2*3)
}

var sizePattern = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?(?i:([KMGT])(i?)B)$`)

// isSize reports whether s is a size such as 2GiB.
func isSize(s string) bool { return sizePattern.MatchString(s) }

// bytesOf returns the bytes of a checked size.
func bytesOf(size string) int64 {
	parts := sizePattern.FindStringSubmatch(size)
	n, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return math.MaxInt64
	}
	base := 1000.0
	if parts[3] != "" {
		base = 1024
	}
	for range 1 + strings.Index("KMGT", strings.ToUpper(parts[2])) {
		n *= base
	}
	return saturated(n)
}

// saturated is x as a whole number, the largest where it is larger.
func saturated(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(x)
}
