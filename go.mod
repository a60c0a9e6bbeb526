module github.com/reeftools/reef

go 1.25

require github.com/google/gopacket v1.1.19
