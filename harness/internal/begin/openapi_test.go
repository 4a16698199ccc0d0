package begin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// orders is a document with every kind of parameter, body and credential.
const orders = `openapi: 3.0.3
info: {title: Orders, version: "1"}
servers: [{url: "http://{host}:9090/v1/", variables: {host: {default: 127.0.0.1}}}]
security: [{bearer: []}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      operationId: getOrder2
      parameters:
        - {name: fields, in: query, schema: {type: array, items: {type: string, enum: [id, sum]}}, example: [id, sum]}
        - {name: unused, in: query, schema: {type: string}}
        - {name: X-Trace, in: header, required: true, schema: {type: boolean}}
      responses: {"200": {description: ok}, "404": {description: none}}
  /orders:
    post:
      operationId: createOrder
      security: [{key: []}]
      requestBody:
        content:
          application/json:
            schema:
              allOf:
                - {$ref: "#/components/schemas/Base"}
                - {type: object, properties: {items: {type: array, items: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: made}}
  /upload:
    put:
      requestBody: {required: true, content: {image/png: {schema: {type: string, format: binary}}}}
      responses: {default: {description: ok}}
  /forms:
    post:
      security: []
      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: integer, minimum: 5}, b: {type: string, default: x y}}}}}}
      responses: {default: {description: ok}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Shop}
  schemas:
    Base: {type: object, properties: {id: {type: integer, readOnly: true}, note: {type: string, minLength: 6}, at: {type: string, format: date-time}}}
    Item: {type: object, properties: {sku: {type: string, example: A-1}, parent: {$ref: "#/components/schemas/Item"}}}
`

func TestOpenAPI(t *testing.T) {
	f, err := FromOpenAPI([]byte(orders))
	if err != nil {
		t.Fatal(err)
	}
	bearer := Header{"Authorization", "Bearer ${secret.BEARER}"}
	// An item contains items as deeply as schemas are followed.
	const deepest = `[{"parent":{"parent":{"parent":{},"sku":"A-1"},"sku":"A-1"},"sku":"A-1"}]`
	want := []Request{
		{Method: "POST", Path: "/v1/forms", Headers: []Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: "a=5&b=x+y", Weight: 1},
		{Name: "create-order", Expect: []string{"201"}, Method: "POST", Path: "/v1/orders", Headers: []Header{{"Content-Type", "application/json"}, {"X-Shop", "${secret.KEY}"}}, Weight: 1},
		{Name: "get-order2", Expect: []string{"200"}, Method: "GET", Path: "/v1/orders/00000000-0000-4000-8000-000000000001?fields=id%2Csum", Headers: []Header{{"X-Trace", "true"}, bearer}, Weight: 1},
	}
	got := f.Requests
	body := got[1].Body
	got[1].Body = ""
	if d := cmp.Diff(want, got); d != "" || f.Origin != "http://127.0.0.1:9090" {
		t.Errorf("%s: -want +got\n%s", f.Origin, d)
	}
	if !strings.HasPrefix(body, `{"at":"2026-01-31T12:00:00Z","items":[{"parent":`) || !strings.Contains(body, deepest) || !strings.HasSuffix(body, `"note":"xxxxxx"}`) {
		t.Errorf("the body is %s", body)
	}
	notes := strings.Join(f.Notes, "\n")
	for _, want := range []string{"PUT /upload is left out: its body is of type image/png", "some requests change data"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note says %q:\n%s", want, notes)
		}
	}
	if _, err := scenario.Parse("f", f.Scenario("x"), scenario.Options{}); err != nil {
		t.Errorf("the scenario is refused: %v\n%s", err, f.Scenario("x"))
	}
}

// A document of Swagger 2 is read too, and one that names no server gets a note.
func TestSwagger2(t *testing.T) {
	f, err := FromOpenAPI([]byte(`{"swagger": "2.0", "info": {"title": "a", "version": "1"}, "basePath": "/api",
		"paths": {"/a/{n}": {"get": {"parameters": [{"name": "n", "in": "path", "required": true, "type": "integer"}], "responses": {"200": {"description": "ok"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Request{{Expect: []string{"200"}, Method: "GET", Path: "/api/a/1", Weight: 1}}
	if d := cmp.Diff(want, f.Requests); d != "" || f.Origin != unknownServer || !strings.Contains(strings.Join(f.Notes, ""), "names no server") {
		t.Errorf("%s, %v: -want +got\n%s", f.Origin, f.Notes, d)
	}
}

func TestDocumentsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"{":    "it is neither YAML nor JSON",
		"a: b": "it is no OpenAPI document",
		"openapi: 3.0.0\ninfo: {title: a, version: b}\n":                "the document has no paths",
		"openapi: 3.0.0\npaths: []\n":                                   "read the document",
		"openapi: 3.0.0\npaths: {\"/a/{b}\": {get: {responses: {}}}}\n": "the parameter of \"{b}\" is not described",
	} {
		if _, err := FromOpenAPI([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
}
