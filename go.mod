module github.com/reeftools/reef

go 1.25.0

require (
	github.com/dgryski/go-metro v0.0.0-20250106013310-edb8663e5e33
	github.com/google/gopacket v1.1.19
	github.com/klauspost/compress v1.20.3
	github.com/oschwald/maxminddb-golang/v2 v2.6.0
	github.com/pierrec/lz4/v4 v4.1.33
	github.com/ulikunitz/xz v0.5.17
	golang.org/x/exp v0.0.0-20260112195511-716be5621a96
	golang.org/x/net v0.58.0
	golang.org/x/sys v0.47.0
)
