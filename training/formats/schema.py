"""Strangers' JSON, YAML and XML, parsed without trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

import yaml
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import BaseModel, ValidationError

from training.errors import DataError
from training.formats.folder import read_bytes

Model = TypeVar("Model", bound=BaseModel)


def read_json(path: Path, model: type[Model]) -> Model:
    """A JSON file as a model. DataError names the file and the place in it."""
    try:
        return model.model_validate_json(read_bytes(path))
    except ValidationError as error:
        raise DataError(f"{path}: {first_problem(error)}") from error


def read_yaml(path: Path, model: type[Model]) -> Model:
    """A YAML file as a model. DataError names the file and the place in it."""
    try:
        found = yaml.safe_load(read_bytes(path))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path} is no valid YAML: {first_line}") from error
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise DataError(f"{path}: {first_problem(error)}") from error


def read_xml(path: Path) -> Element:
    """The root element. DataError where it is no XML or declares a document type.

    A document type is where entities are declared, with which a small file grows to gigabytes or
    reads other files; label tools write none.
    """
    try:
        root: Element = fromstring(read_bytes(path), forbid_dtd=True)
    except DefusedXmlException as error:
        raise DataError(f"{path} declares a document type or entities: refused") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise DataError(f"{path} is no valid XML: {error}") from error
    return root


def first_problem(error: ValidationError) -> str:
    """The first thing that a model found wrong: where and what."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, problem["loc"]))
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def looks_like(path: Path, *keys: str) -> bool:
    """Whether a JSON file holds all these keys somewhere, without parsing it."""
    text = read_bytes(path)
    return all(json.dumps(key).encode() in text for key in keys)
