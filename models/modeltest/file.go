package modeltest

import "bytes"

func checkSaveAndRead(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	m := fit(r, s, train, nil)
	saved := write(r, m)
	read, err := s.Read(bytes.NewReader(saved))
	if err != nil {
		r.Fatalf("Read: %v", err)
	}
	compare(r, "predicted by the model read", predict(r, read, test), predict(r, m, test), 0)
	if again := write(r, read); !bytes.Equal(again, saved) {
		r.Errorf("a model read and written again is another file (%d bytes, was %d)", len(again), len(saved))
	}
}

// checkTruncatedFile cuts the file at some eighty places.
func checkTruncatedFile(r reporter, s Subject) {
	r.Helper()
	saved := bytes.TrimSpace(write(r, fit(r, s, draw(trainRows, trainSeed), nil)))
	step := max(1, len(saved)/80)
	for n := 0; n < len(saved); n += step {
		if _, err := s.Read(bytes.NewReader(saved[:n])); err == nil {
			r.Errorf("Read accepted the first %d of %d bytes", n, len(saved))
		}
	}
}

func write(r reporter, m Model) []byte {
	r.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		r.Fatalf("Write: %v", err)
	}
	return b.Bytes()
}
