package history

import (
	"slices"
	"sort"
)

// Code stands for one string of a Dictionary. 0 means absent.
type Code int32

// Dictionary numbers strings from 1 in sorted order, so that the same strings
// get the same codes on every night and every machine. It is safe to share.
type Dictionary struct {
	names []string // names[c-1] is the string of code c
}

// NewDictionary numbers the distinct non-empty strings of names. It keeps
// names' storage.
func NewDictionary(names []string) Dictionary {
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	return Dictionary{names}
}

// Code returns the code of name, or 0 if the dictionary does not hold it.
// It costs a binary search; readers cache it.
func (d Dictionary) Code(name string) Code {
	i := sort.SearchStrings(d.names, name)
	if i < len(d.names) && d.names[i] == name {
		return Code(i + 1)
	}
	return 0
}

// Name returns the string of c, or "" for 0.
func (d Dictionary) Name(c Code) string {
	if c == 0 {
		return ""
	}
	return d.names[c-1]
}

// Len returns the number of strings; codes run from 1 to Len.
func (d Dictionary) Len() int { return len(d.names) }

// Vocabulary holds the dictionaries that all buckets of one extract share.
type Vocabulary struct {
	Products   Dictionary
	Categories Dictionary
	Channels   Dictionary
	Kinds      Dictionary // of engagements
	Campaigns  Dictionary
	Actions    Dictionary // really sent
	Countries  Dictionary
}
