package pcapio

// format reads the records of a capture file of one format, whose header was read.
//
// Both methods count what they read by [source.took]. They fail before they move on, so that the
// error has the place of the record.
type format interface {
	// read reads the next record. Its error is io.EOF at the end of the file, else a *FileError.
	read(rec *Record) error
	// more reads those that follow in memory, as many as recs has room for, without an error.
	more(recs []Record) int
}

// opener reads a file header.
type opener func(*source) (format, error)
