package extract

// witness is told what is being read before it is touched, so that somebody who
// watches from outside knows what it was when the process is gone. A nil witness
// tells nobody. It may be called from several goroutines.
type witness func(event)

// reading says that files are going to be read, and returns what says that they
// have been.
func (w witness) reading(paths ...string) (done func()) {
	if w == nil {
		return func() {}
	}
	w(event{Reading: paths})
	return func() { w(event{Read: paths}) }
}

// scratch says where scratch files are going to be.
func (w witness) scratch(dir string) {
	if w != nil {
		w(event{Scratch: dir})
	}
}

// paths returns where the files of a source lie.
func (s *surveyed) paths() []string {
	paths := make([]string, len(s.files))
	for i, f := range s.files {
		paths[i] = f.file.path
	}
	return paths
}
