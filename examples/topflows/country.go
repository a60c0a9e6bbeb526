package main

import (
	"errors"

	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/geo"
)

// countries names rows by the country of their source address. The zero value names nothing.
type countries struct {
	db    *geo.DB
	cache *geo.Cache
}

func openCountries(file string) (countries, error) {
	paths := []string{file}
	if file == "" {
		paths = geo.Find()
	}
	db, err := geo.Open(paths...)
	if err != nil {
		return countries{}, err
	}
	cache, err := geo.NewCache(geo.CacheConfig{}, db)
	return countries{db, cache}, err
}

// name returns the function for coral.NewAggregate, nil without a database.
func (c countries) name() func(*coral.Row) (string, bool) {
	if c.db == nil {
		return nil
	}
	return func(r *coral.Row) (string, bool) {
		if code, ok := c.cache.Country(r.Key.SrcAddr()); ok {
			return code, true
		}
		return "None", true
	}
}

// close returns what went wrong in lookups.
func (c countries) close() error {
	if c.db == nil {
		return nil
	}
	return errors.Join(c.cache.Err(), c.db.Close())
}
