"""An educator's own visits."""
