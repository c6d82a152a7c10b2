package features

import "perennial/pipeline/history"

// kind is an engagement kind that the standard features know. Other kinds
// count as engagement and can be used by the shop's own features.
type kind int8

const (
	visit kind = iota
	view
	cart
	emailOpen
	emailClick
	ticket
	review
	nps
	kindCount

	otherKind kind = -1
)

var kindNames = [kindCount]string{"visit", "view", "cart", "email_open", "email_click", "ticket", "review", "nps"}

// kinds maps a vocabulary's codes of engagement kinds to ours.
type kinds []kind

func kindsOf(dictionary history.Dictionary) kinds {
	ks := make(kinds, dictionary.Len()+1)
	for i := range ks {
		ks[i] = otherKind
	}
	for k, name := range kindNames {
		if code := dictionary.Code(name); code != 0 {
			ks[code] = kind(k)
		}
	}
	return ks
}

func (ks kinds) of(code history.Code) kind { return ks[code] }
